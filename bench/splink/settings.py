"""Splink as its authors configure it, set by set, in its own words. Works with 4 and 5.

Each entry: link type, blocking rules, comparisons; how lambda, u and m are trained; the clustering threshold.
Sources: the tutorials and example notebooks of Splink for these sets.
"""

import splink.comparison_library as cl
from splink import block_on


def historical():
    return dict(
        link_type="dedupe_only",
        prepare="select *, first_name || ' ' || surname as first_name_surname_concat from {table}",
        rules=[
            block_on("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake, 1, 3)", "dob"),
            block_on("substr(postcode_fake, 1, 3)", "first_name"),
            block_on("substr(postcode_fake, 1, 3)", "surname"),
            block_on("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name",
                "surname",
                forename_surname_concat_col_name="first_name_surname_concat",
            ).configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        deterministic=[
            "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
            "substr(l.first_name, 1, 2) = substr(r.first_name, 1, 2) and l.surname = r.surname"
            " and substr(l.postcode_fake, 1, 2) = substr(r.postcode_fake, 1, 2)",
            "l.dob = r.dob and l.postcode_fake = r.postcode_fake",
        ],
        recall=0.6,
        u_pairs=1e7,
        em=[block_on("first_name", "surname"), block_on("dob")],
        # A million records have 61 million pairs of one date. Splink 5 can sample them; 4 holds them all.
        em_pairs=5e6,
        threshold=0.95,
    )


def fake_1000():
    return dict(
        link_type="dedupe_only",
        rules=[block_on(column) for column in ("first_name", "surname", "dob", "email")],
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        deterministic=[
            "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
            "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            "l.email = r.email",
        ],
        recall=0.7,
        u_pairs=1e6,
        em=[block_on("dob"), block_on("email"), block_on("first_name", "surname")],
        threshold=0.95,
    )


def febrl3():
    return dict(
        link_type="dedupe_only",
        rules=[
            block_on(column)
            for column in ("soc_sec_id", "given_name", "surname", "date_of_birth", "postcode")
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
        deterministic=[
            "l.soc_sec_id = r.soc_sec_id",
            "l.given_name = r.given_name and l.surname = r.surname"
            " and l.date_of_birth = r.date_of_birth",
            "l.given_name = r.surname and l.surname = r.given_name"
            " and l.date_of_birth = r.date_of_birth",
        ],
        recall=0.9,
        u_pairs=1e6,
        em=[block_on("date_of_birth"), block_on("postcode")],
        threshold=0.95,
    )


def febrl4():
    frequent = dict(term_frequency_adjustments=True)
    return dict(
        link_type="link_only",
        rules=[
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(**frequent),
            cl.NameComparison("surname").configure(**frequent),
            cl.DateOfBirthComparison(
                "date_of_birth",
                input_is_string=True,
                datetime_format="%Y%m%d",
                invalid_dates_as_null=True,
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(**frequent),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(**frequent),
        ],
        deterministic=[
            "l.soc_sec_id = r.soc_sec_id",
            "l.given_name = r.given_name and l.surname = r.surname"
            " and l.date_of_birth = r.date_of_birth",
        ],
        recall=0.8,
        u_pairs=1e6,
        em=[block_on("date_of_birth"), block_on("postcode")],
        threshold=0.99,
    )


BY_NAME = dict(historical=historical, fake_1000=fake_1000, febrl3=febrl3, febrl4=febrl4)

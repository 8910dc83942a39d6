"""Runs one job with the Splink of this environment, in this process: python run.py job.json

Writes pairs.parquet, clusters.parquet, model.json and, after each phase, report.json (seconds per phase, peak memory,
versions) to the job's folder. Reads nothing else; truth is not among its inputs.
"""

import json
import resource
import sys
import time
from contextlib import contextmanager

import duckdb
import splink
from splink import DuckDBAPI, Linker, SettingsCreator

sys.dont_write_bytecode = True
import settings as authors  # noqa: E402

job = json.load(open(sys.argv[1]))
out = job["out"]
five = splink.__version__.startswith("5")
phases = {}
started = time.perf_counter()


@contextmanager
def phase(name):
    begun = time.perf_counter()
    yield
    phases[name] = phases.get(name, 0) + time.perf_counter() - begun
    report()


def report():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    said = dict(
        version=f"Splink {splink.__version__}, DuckDB {duckdb.__version__}",
        seconds=time.perf_counter() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss * 1024,
        phases=phases,
    )
    with open(f"{out}/report.json", "w") as file:
        json.dump(said, file)


given = authors.BY_NAME[job["settings"]]() if "settings" in job else job["given"]
connection = duckdb.connect()
connection.execute(f"set threads = {int(job['threads'])}")
connection.execute(f"set memory_limit = '{job['memory']}'")
connection.execute(f"set temp_directory = '{out}/spill'")
connection.execute("set enable_progress_bar = false")

with phase("prepare"):
    select = given.get("prepare", "from {table}").format(table=f"read_parquet('{job['input']}')")
    connection.execute(f"create table records as {select}")
    tables = ["records"]
    link_type = given.get("link_type") or given["settings"]["link_type"]
    if link_type == "link_only":
        tables = []
        for (source,) in connection.execute(
            "select distinct source_dataset from records order by 1"
        ).fetchall():
            tables.append(f"source_{source}")
            connection.execute(
                f"create table {tables[-1]} as select * exclude (source_dataset) from records where source_dataset = ?",
                [source],
            )
    else:
        connection.execute("alter table records drop source_dataset")
    api = DuckDBAPI(connection=connection)
    if "settings" in given:
        settings = given["settings"]
        if not five:
            settings.pop("match_weight_column_prefix", None)
    else:
        settings = SettingsCreator(
            link_type=link_type,
            blocking_rules_to_generate_predictions=given["rules"],
            comparisons=given["comparisons"],
            retain_matching_columns=False,
            retain_intermediate_calculation_columns=False,
        )
    if five:
        linker = Linker([api.register(name) for name in tables], settings)
    else:
        linker = Linker(tables, settings, api)

if "em" in given:
    with phase("lambda"):
        linker.training.estimate_probability_two_random_records_match(
            given["deterministic"], recall=given["recall"]
        )
    with phase("u"):
        linker.training.estimate_u_using_random_sampling(max_pairs=given["u_pairs"], seed=1)
    sampled = dict(max_pairs=given["em_pairs"]) if five and "em_pairs" in given else {}
    with phase("em"):
        for rule in given["em"]:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, **sampled
            )
    linker.misc.save_model_to_json(f"{out}/model.json", overwrite=True)

with phase("block and score"):
    weight = job.get("weight")
    pairs = linker.inference.predict(**({} if weight is None else dict(threshold_match_weight=weight)))

with phase("cluster"):
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=given["threshold"]
    )

with phase("write"):
    connection.execute(
        "copy (select unique_id_l as id_l, unique_id_r as id_r, match_weight as weight,"
        f" match_probability as probability from {pairs.physical_name}) to '{out}/pairs.parquet'"
    )
    connection.execute(
        f"copy (select unique_id as id, cluster_id as cluster from {clusters.physical_name})"
        f" to '{out}/clusters.parquet'"
    )

import type { LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Failure } from "./classify.ts";
import type { Effects } from "./effects.ts";

/** IANA's special-purpose registries: what is no place on the public internet. */
const NOT_PUBLIC = {
  ipv4: [
    "0.0.0.0/8", // this host
    "10.0.0.0/8",
    "100.64.0.0/10", // carrier-grade NAT
    "127.0.0.0/8",
    "169.254.0.0/16", // link-local, and the clouds' metadata
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3", // multicast, reserved, broadcast
  ],
  ipv6: [
    "::/96", // unspecified, loopback, IPv4-compatible
    "64:ff9b::/96", // NAT64: an IPv4 address in other clothes
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23", // Teredo and others
    "2001:db8::/32",
    "2002::/16", // 6to4
    "fc00::/7", // unique local
    "fe80::/10", // link-local
    "fec0::/10",
    "ff00::/8", // multicast
  ],
} as const;

/** True for an address of the public internet. IPv4 in IPv6 clothes is judged as IPv4. */
export function isPublic(address: string): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  return isIP(address) !== 0 && !blocked.check(address, family);
}

/** Refuses an address that names its computer by number; names are judged when they are looked up. */
export function refusePrivate(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !isPublic(host)) throw refusal(url.hostname, host);
}

/**
 * A lookup for `connect` that fails when a name leads to a private address: what was checked is what is
 * dialled, so a name cannot change its mind in between.
 */
export function publicLookup(lookup: Effects["lookup"]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, "");
      const inside = addresses.find(({ address }) => !isPublic(address));
      if (inside) return callback(refusal(hostname, inside.address), "");
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first?.address ?? "", first?.family);
    });
  };
}

function refusal(host: string, address: string): Failure {
  const where = host === address ? address : `${host} (${address})`;
  return new Failure(
    "fatal",
    `leads to ${where}, which is not on the public internet; private_hosts would allow it`,
    { isUnasked: true },
  );
}

const blocked = new BlockList();
for (const [family, networks] of Object.entries(NOT_PUBLIC)) {
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    blocked.addSubnet(address, Number(bits), family as "ipv4" | "ipv6");
  }
}

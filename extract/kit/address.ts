import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Names of query parameters whose values open something. */
const SECRET =
  /(?:^|[-_.])(?:api-?key|key|token|secret|password|sig|signature|credential|auth|authenticationguid)$/i;

/** True when an address is a file on this computer. */
export function isLocal(url: string): boolean {
  return url.startsWith("file:") || !/^[a-z][a-z0-9+.-]+:\/\//i.test(url);
}

/** Absolute path of a file's address; a relative one starts at the project. */
export function localPath(root: string, url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : resolve(root, url);
}

/**
 * An address as it may land and be shown: a file relative to the project when it lies there, a URL
 * without the secrets it carries.
 */
export function publicAddress(root: string, url: string): string {
  if (!isLocal(url)) return withoutSecrets(url);
  const path = localPath(root, url);
  const inside = relative(root, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** `?sig=abc` becomes `?sig=…`, `user:word@host` becomes `host`. */
export function withoutSecrets(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, "$1")
    .replace(/([?&])([^=&#]+)=([^&#]*)/g, (whole, mark: string, name: string) =>
      SECRET.test(name) ? `${mark}${name}=…` : whole,
    );
}

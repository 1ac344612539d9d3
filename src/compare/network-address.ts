/** Network addresses by what they name: PostgreSQL writes one of a single host with or without its `/32`, and IPv6 shortened. */
import { isIPv4, isIPv6 } from "node:net";

/** Null when the text is no address. */
export function networkToken(text: string): string | null {
  const [, address = "", length] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (isIPv4(address)) return bounded(4, address, length, 32);
  if (isIPv6(address)) return bounded(6, fullIPv6(address), length, 128);
  return null;
}

function bounded(version: number, address: string, length: string | undefined, all: number): string | null {
  const bits = Number(length ?? all);
  return bits > all ? null : `w${version}:${address}/${bits}`;
}

/** All eight groups, without zeros before them. */
function fullIPv6(address: string): string {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string | undefined, low: string | undefined): string =>
    (Number(high) * 256 + Number(low)).toString(16);
  const text = dotted === null ? address : `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`;
  const [before = "", after] = text.toLowerCase().split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const [first, last] = [groups(before), groups(after ?? "")];
  const zeros = after === undefined ? [] : new Array<string>(8 - first.length - last.length).fill("0");
  return [...first, ...zeros, ...last].map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

/** `bytes`: 6, or 8 for macaddr8, which takes six and puts ff:fe between. Null when the text is none. */
export function hardwareToken(text: string, bytes: 6 | 8): string | null {
  if (!/^[0-9A-Fa-f]{2}([:.-]?[0-9A-Fa-f]{2})+$/.test(text)) return null;
  const digits = text.replace(/[^0-9A-Fa-f]/g, "").toLowerCase();
  if (digits.length === bytes * 2) return `h${digits}`;
  return bytes === 8 && digits.length === 12 ? `h${digits.slice(0, 6)}fffe${digits.slice(6)}` : null;
}

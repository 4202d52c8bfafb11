/** Entries one behind another, each with its length in two bytes before it, as entry bundles of C2SP tlog-tiles have them. */

/** The bundle. @throws RangeError for a leaf longer than 65,535 bytes: the log has none */
export function packBundle(leaves: readonly Uint8Array[]): Buffer {
  const bundle = Buffer.allocUnsafe(leaves.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const leaf of leaves) {
    at = bundle.writeUInt16BE(leaf.length, at);
    bundle.set(leaf, at);
    at += leaf.length;
  }
  return bundle;
}

/** The leaves, as far as they are whole: what is cut off is not there. */
export function readBundle(bundle: Uint8Array): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bundle.length;) {
    const end = at + 2 + (((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0));
    if (end > bundle.length) break;
    leaves.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return leaves;
}

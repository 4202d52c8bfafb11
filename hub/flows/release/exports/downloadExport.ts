/**
 * GET /v1/datasets/{dataset}/exports/{export}/file: bytes of a file that is whole, from where its reader has come to.
 *
 *   decide again, under the very terms that it was made under → open the sealed bytes → entry → signed reply
 */
import { Problem } from '../../../../terms/problem.ts';
import { headerOf } from '../../../pipeline/headerOf.ts';
import { exportBytes } from '../../rows/store/exportChunks.ts';
import { whenAllowed } from '../allowedCall.ts';
import { termsDigest } from '../streamPart.ts';
import { openAsked } from './askedExport.ts';
import { contentTypes } from './exportFile.ts';
import { ownExport } from './ownExport.ts';
import { releaseOperation } from '../../operation.ts';

/** Bytes of one reply: what is longer comes piece by piece. */
const mostAtOnce = 8 << 20;

export const downloadExport = releaseOperation('downloadExport', {
  kind: 'release',
  run: async (call, services) => {
    const row = await ownExport(call, services);
    const asked = openAsked(services.sealer, row.id, row.asked);
    return whenAllowed(
      call,
      services,
      asked,
      async ({ permission, facts }) => {
        if (row.state !== 'ready') throw new Problem('export_not_ready', { state: row.state });
        if (!termsDigest(permission).equals(row.terms)) throw new Problem('export_void');
        const { from, to, partial } = rangeOf(headerOf(call.head, 'range'), row.bytes);
        const body = await services.bulk.run(() =>
          exportBytes(services.pool, services.sealer, row.id, { from, to }),
        );
        if (body === undefined) throw new Problem('export_void');
        return {
          entry: 'allow',
          status: partial ? 206 : 200,
          contentType: contentTypes[row.format],
          body,
          headers: {
            'accept-ranges': 'bytes',
            ...(partial ? { 'content-range': `bytes ${from}-${to - 1}/${row.bytes}` } : {}),
          },
          facts: { ...facts, rows: { delivered: 0, withheld: 0 } },
        };
      },
      { repeatOf: row.id },
    );
  },
});

interface Range {
  readonly from: number;
  /** not included */
  readonly to: number;
  readonly partial: boolean;
}

/** One range of RFC 9110 §14.1.2; a reply may hold less than was asked for. @throws Problem range_invalid, range_wanted */
function rangeOf(header: string | undefined, bytes: number): Range {
  if (header === undefined) {
    if (bytes > mostAtOnce) throw new Problem('range_wanted', { bytes, most: mostAtOnce });
    return { from: 0, to: bytes, partial: false };
  }
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header) ?? [];
  const from = Number(first);
  const end = last === undefined || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (first === undefined || from > end)
    throw new Problem(
      'range_invalid',
      { bytes },
      { at: 'range', headers: { 'content-range': `bytes */${bytes}` } },
    );
  return { from, to: Math.min(end + 1, from + mostAtOnce), partial: true };
}

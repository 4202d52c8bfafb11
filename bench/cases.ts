/** Changes of rows by a contributor, in turns with rows by call into a dataset of the same schema without cases. */
import { randomUUID } from 'node:crypto';
import { changeRow } from '../clients/sdk/changeRow.ts';
import { jsonCall } from '../clients/sdk/jsonCall.ts';
import { row, streetCases, urn } from '../tests/flows/streetCases.ts';
import { sampleCity, testHub } from '../tests/hub.ts';
import { median, quantile, type Bench, type BenchRow } from './row.ts';

const casesOfRound = 100;
const roundsOfCases = 7;
const plain = 'ecology.plain-cases';

export const casesBench: Bench = { run: runOfCases };

async function runOfCases(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
  try {
    const city = await sampleCity(hub);
    const { apply, dataset: withCases, push } = await streetCases(hub, city);
    const id = await withCases();
    const intake = { byCall: {} };
    await apply([
      {
        kind: 'Dataset',
        id: plain,
        title: { zh: '案件', en: 'Cases' },
        mode: 'upsert',
        schema: urn,
        sharing: { type: 'none' },
        intake,
      },
    ]);
    const names = Array.from({ length: casesOfRound }, (_, nth) => `c-${nth}`);
    await push(
      id,
      names.map((name) => row(name, 'education')),
    );
    const contributor = city.education.client;
    const provider = city.ecology.client;
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const begun = performance.now();
      await work();
      return performance.now() - begun;
    };
    const ratios: number[] = [];
    const times = { change: [] as number[], row: [] as number[] };
    // the first round warms up
    for (let round = 0; round <= roundsOfCases; round += 1) {
      const [changes, rows]: [number[], number[]] = [[], []];
      for (const name of names) {
        const set = { note: `round ${round}` };
        const change = { key: { case: name }, version: round + 1, set };
        changes.push(
          await timed(() => changeRow((input) => contributor.call(input), id, change, randomUUID())),
        );
        const more = { note: `round ${round}` };
        const call = jsonCall(`/v1/datasets/${plain}/rows`, [row(name, 'education', more)], {}, 'required');
        rows.push(await timed(() => provider.call(call)));
      }
      if (round === 0) continue;
      const p95 = (values: number[]): number =>
        quantile(
          values.toSorted((one, other) => one - other),
          0.95,
        );
      ratios.push(p95(changes) / p95(rows));
      times.change.push(p95(changes));
      times.row.push(p95(rows));
    }
    return [
      {
        figure: 'change of a row by a contributor, p95',
        value: median(ratios),
        unit: '×',
        against: 'one row by call into a dataset of the same schema without cases, p95',
        must: { atMost: 1.3 },
        note: `${median(times.change).toFixed(1)} against ${median(times.row).toFixed(1)} ms`,
      },
    ];
  } finally {
    await hub.stop();
  }
}

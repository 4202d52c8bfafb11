/** A hub in a process of its own, for who kills it: `hubProcess.ts CONFIG`, the configuration as JSON. Prints a line when it serves. */
import { readConfig, type ConfigDocument } from '../../hub/platform/config/readConfig.ts';
import { startHub } from '../../hub/main.ts';
import { hubLogger } from '../../hub/report.ts';

const [config = '{}'] = process.argv.slice(2);
// short leases: what is killed is taken up again within seconds; and as many calls as a load makes
await startHub(readConfig(JSON.parse(config) as ConfigDocument, {}), {
  intake: { leaseSeconds: 2 },
  dispatch: { patienceMs: 1_000, leaseMs: 1_500, firstMs: 50, maxMs: 500 },
  calls: { rate: 1e9, burst: 1e9 },
  logger: hubLogger('error', process.stderr),
});
process.stdout.write('serving\n');

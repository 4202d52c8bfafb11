/** A process that starts (or attaches to) PostgreSQL, prints what it got and stays until it is killed or its stdin ends. */
import { startPostgres } from '../../hub/platform/postgres/startPostgres.ts';

const [stateDir = '', flavour] = process.argv.slice(2);
const server = await startPostgres({
  stateDir,
  durable: false,
  flavour: flavour === 'bundled' || flavour === 'system' ? flavour : undefined,
});
const { pid, host, attached, version, dataDir } = server;
process.stdout.write(`${JSON.stringify({ pid, host, attached, version, dataDir })}\n`);
process.stdin.once('end', () => void server.stop()).resume();

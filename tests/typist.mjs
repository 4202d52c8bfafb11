// The process behind tests/typedDatong.ts: the command line is loaded once, and each command is run as if it were the first.
import { fileURLToPath } from 'node:url';
import { bundledCli } from '../bin/bundle.mjs';

const bundle = process.env.DATONG_BUNDLE === 'off' ? undefined : await bundledCli();
if (bundle === undefined) await import('../scripts/typescript.mjs');
const entry = bundle ?? new URL('../clients/cli/main.ts', import.meta.url).href;
const node = process.argv[0];
const command = fileURLToPath(new URL('../bin/datong.mjs', import.meta.url));
/** what a command leaves listening goes with it */
const heard = [
  [process.stdout, 'error'],
  [process.stderr, 'error'],
  [process, 'SIGINT'],
  [process, 'SIGTERM'],
];
let commands = 0;

/** Collects what is written instead of writing it. @returns what was, once it is asked for */
function collected(stream) {
  const chunks = [];
  stream.write = (chunk, encoding, done) => {
    const given = typeof encoding === 'function' ? encoding : done;
    chunks.push(
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8')
        : chunk,
    );
    if (given !== undefined) process.nextTick(given);
    return true;
  };
  return () => Buffer.concat(chunks).toString('utf8');
}

process.on('message', async ({ words, cwd, env }) => {
  const stdout = collected(process.stdout);
  const stderr = collected(process.stderr);
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(env, name)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [node, command, ...words];
  process.exitCode = undefined;
  // the entry is evaluated anew by another address; the parts that it loads are those that are there
  await import(`${entry}?command=${++commands}`);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  for (const [source, event] of heard) source.removeAllListeners(event);
  process.send({ code, stdout: stdout(), stderr: stderr() });
});
process.once('disconnect', () => process.exit());

/** A cluster of Kafka for the tests of one file: the mock of librdkafka, which a kcat runs as long as its input is open. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** CI has both (scripts/debian-packages); elsewhere the reason is reported. */
export const noKafka: string | false =
  ['kcat', 'jq'].some((program) => spawnSync(program, ['-V']).error !== undefined) &&
  process.env['CI'] === undefined
    ? 'no kcat or jq: apt-get install kcat jq'
    : false;

export interface Kafka {
  /** host and port of the broker, without TLS */
  readonly address: string;
  remove(): Promise<void>;
}

export async function startKafka(): Promise<Kafka> {
  const words = ['-b', 'none:1', '-X', 'test.mock.num.brokers=1', '-d', 'mock', '-P', '-t', 'none'];
  const broker = spawn('kcat', words, { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = once(broker, 'exit');
  let stderr = '';
  const address = await new Promise<string>((resolve, reject) => {
    broker.once('error', reject);
    broker.once('exit', (code) => reject(new Error(`kcat ended with ${code}: ${stderr}`)));
    broker.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = `${stderr}${text}`.slice(0, 4_096);
      const found = / bootstrap\.servers=(127\.0\.0\.1:\d+)\n/.exec(stderr)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    address,
    remove: async () => {
      broker.kill('SIGKILL');
      await ended;
    },
  };
}

/** `datong audit witness init|serve|status`: the audit office's own program that sees to it that a hub's log only grows. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { maxAnchorsLength } from '../../../log/anchors.ts';
import { parseVkey } from '../../../log/note/noteKey.ts';
import { boundedOrText, readBoundedText } from '../boundedFile.ts';
import { exitCode, data, say, talk, VerbFailure } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { createWitness, openWitness, type Alarm } from './witnessFolder.ts';
import { serveWitness } from './serveWitness.ts';
import { withAge } from '../audit/checkpointAge.ts';
import { counted } from '../../../terms/counted.ts';

interface ServeOptions {
  readonly state: string;
  readonly log: string;
  readonly listen: string;
  readonly hub?: string;
  readonly ca?: string;
  readonly logKeys?: string;
  readonly every: number;
}

/** seconds between two checks of the hub */
const usualSeconds = 30;

export function register(program: Command): void {
  const witness = program
    .command('witness')
    .description(
      '见证方：由审计部门独立运行，确认枢纽的日志只增不改 / a witness: run by the audit office, it confirms that a hub’s log only grows',
    );
  witness
    .command('init')
    .description('新建见证方：密钥与状态目录 / a new witness: its key and its folder')
    .requiredOption('--state <dir>', 'folder of the witness')
    .requiredOption('--name <name>', 'name of its key, without spaces and plus signs: audit.yunxi.example/w1')
    .action(({ state, name }: { readonly state: string; readonly name: string }) => {
      if (/[\s\p{Z}\p{Cc}+]/u.test(name) || name === '')
        throw new VerbFailure(exitCode.usage, {
          zh: '名称不得含空格和加号',
          en: 'a name holds no spaces and no plus signs',
        });
      const { vkey } = createWitness(state, name);
      data(vkey);
      talk({
        zh: '把这一行交给枢纽运维，写入 hub.json 的 witnesses，并公布给核验者',
        en: 'give this line to the hub’s operator, for witnesses in hub.json, and publish it to those who verify',
      });
    });
  witness
    .command('serve')
    .description(
      '运行见证方（C2SP tlog-witness）；给出 --hub 时还主动查看枢纽 / run it (C2SP tlog-witness); with --hub it looks at the hub by itself, too',
    )
    .requiredOption('--state <dir>', 'folder of the witness')
    .requiredOption('--log <vkey>', "the log's public key, or a file with it")
    .option('--listen <host:port>', 'where the hub submits checkpoints', '127.0.0.1:8470')
    .option('--hub <origin>', "origin of the hub's open listener, to be asked every so often")
    .option('--ca <file>', "PEM of the hub's root certificate")
    .option(
      '--log-keys <path>',
      "log-keys.json or anchors.json, or a mirror's folder: read by time, for the keys that the log goes over to",
    )
    .option('--every <seconds>', 'how often the hub is asked', wholeNumber(1), usualSeconds)
    .addHelpText(
      'after',
      '\nExamples:\n  datong audit witness init --state /var/lib/witness --name audit.yunxi.example/w1' +
        '\n  datong audit witness serve --state /var/lib/witness --log log.vkey --hub https://hub.example:8444 --ca ca.pem' +
        '\n  datong audit witness serve --state /var/lib/witness --log log.vkey --log-keys /srv/log-mirror',
    )
    .action(serve);
  witness
    .command('status')
    .description('见证到哪里，有无告警 / how far it has seen, and its alarms')
    .requiredOption('--state <dir>', 'folder of the witness')
    .requiredOption('--log <vkey>', "the log's public key, or a file with it")
    .option('--json', 'answer {witness, origin, size, signedAt, alarms} as JSON')
    .addHelpText('after', '\nExit codes: 0 no alarm, 5 there are alarms.')
    .action(status);
}

const keyOf = (text: string): ReturnType<typeof parseVkey> => parseVkey(boundedOrText(text));

/** Read again each time, as a mirror changes. A missing or unreadable file gives no keys. */
export const storedKeys = (path: string) => (): string | undefined => {
  const file =
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, 'log-keys.json') : path;
  return existsSync(file) ? readBoundedText(file, maxAnchorsLength) : undefined;
};

async function serve(options: ServeOptions): Promise<void> {
  const [, host = '', port = ''] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(options.listen) ?? [];
  if (host === '')
    throw new VerbFailure(exitCode.usage, {
      zh: '--listen 应为 主机:端口',
      en: '--listen wants HOST:PORT',
    });
  if (options.hub !== undefined && options.ca === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--hub 需要 --ca：枢纽的根证书',
      en: '--hub wants --ca, the root certificate of the hub',
    });
  const { hub, ca, logKeys } = options;
  const running = await serveWitness({
    folder: openWitness(options.state, { lock: true }),
    logKey: keyOf(options.log),
    listen: { host, port: Number(port) },
    ...(hub === undefined || ca === undefined ? {} : { hub: { origin: hub, ca: readFileSync(ca, 'utf8') } }),
    ...(logKeys === undefined ? {} : { logKeys: storedKeys(logKeys) }),
    every: options.every * 1000,
    now: Date.now,
    onAlarm: (alarm, file) => talk(alarmText(alarm, file)),
  });
  talk({ zh: `见证方在 ${running.origin} 待命`, en: `the witness listens on ${running.origin}` });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await running.close();
}

const kinds = {
  forked: { zh: '日志分叉：签署了两段不同的历史', en: 'the log is forked: two histories are signed' },
  shrunk: { zh: '日志变短：比见证过的少', en: 'the log has shrunk: it is shorter than what was witnessed' },
  stolen: {
    zh: '旧日志密钥被盗用：它已由新密钥接替，却仍在签名，或另有后继',
    en: 'an old log key was stolen: another one replaced it, and it goes on signing or names a second successor',
  },
  unproven: {
    zh: '枢纽不能证明其日志延续见证过的检查点',
    en: 'the hub does not prove that its log continues what was witnessed',
  },
} as const;

const alarmText = ({ kind, origin, at }: Alarm, file: string): { zh: string; en: string } => ({
  zh: `告警 ${at} ${origin}：${kinds[kind].zh}（${file}）`,
  en: `ALARM ${at} ${origin}: ${kinds[kind].en} (${file})`,
});

function status({
  state,
  log,
  json,
}: {
  readonly state: string;
  readonly log: string;
  readonly json?: boolean;
}): void {
  const folder = openWitness(state, { lock: false });
  const { name: origin } = keyOf(log);
  const latest = folder.latest(origin);
  const alarms = folder.alarms().filter((alarm) => alarm.origin === origin);
  const size = latest?.size ?? 0;
  if (json === true)
    data(JSON.stringify({ witness: folder.signer.vkey, origin, size, signedAt: latest?.time, alarms }));
  else {
    const summary = {
      zh: `${origin}：已见证 ${size} 条，告警 ${alarms.length} 个`,
      en: `${origin}: ${counted(size, 'entry', 'entries')} witnessed, ${counted(alarms.length, 'alarm')}`,
    };
    data(say(withAge(summary, latest)));
    for (const { kind, at } of alarms) data(`${at}  ${say(kinds[kind])}`);
  }
  process.exitCode = alarms.length === 0 ? exitCode.ok : exitCode.verification;
}

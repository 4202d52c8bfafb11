/** `datong event bridge`: events from a subscription to a broker, and from a broker to a topic of this department. */
import type { Command } from 'commander';
import { lockForProcess } from '../processLock.ts';
import { withProfile } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { runEventBridge } from './eventBridge.ts';
import { readEventBridgeConfig, type EventBridgeConfig } from './eventBridgeConfig.ts';
import { usedByBridge } from './folderLock.ts';
import { RejectsFile } from './rejectsFile.ts';
import { printRetry } from './printRetry.ts';
import { counted } from '../../../terms/counted.ts';

interface BridgeOptions extends ClientVerbOptions {
  readonly config: string;
}

export function registerEventBridge(event: Command): void {
  withProfile(event.command('bridge'))
    .description(
      '在订阅、主题与消息服务器（MQTT、AMQP、NATS）之间传送事件 / events between subscriptions, topics and a broker: MQTT, AMQP, NATS',
    )
    .option('--config <file>', 'broker, toBroker and toHub, YAML', 'event-bridge.yaml')
    .option('--json', 'the figures as JSON on stdout')
    .addHelpText(
      'after',
      `
Example:
  $ datong event bridge --as education --config event-bridge.yaml

event-bridge.yaml:
  broker: { kind: nats, url: 'tls://broker.example:4222', username: gateway, passwordFile: nats-password }
  toBroker:
    - subscription: 01a20328-0104-7757-9e84-c346bc55b77b
      address: warnings.{type}.{subject}

Exit: 0 ended by Ctrl-C or SIGTERM, 1 refused by the hub or the broker, 4 the configuration. Nothing is lost: what is not acknowledged comes
again, under the same id.`,
    )
    .action(run);
}

async function run(options: BridgeOptions): Promise<void> {
  const config = readEventBridgeConfig(options.config);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const opened = await openRejects(config);
  const figures = { delivered: 0, published: 0, repeated: 0, dropped: 0 };
  const { kind, url } = config.broker;
  try {
    await withClient(options, (client) =>
      runEventBridge({
        config,
        client,
        rejects: opened?.rejects,
        figures,
        signal: stopping.signal,
        onRetry: printRetry(),
        onReady: () => talk({ zh: `已连接 ${kind} ${url.host}`, en: `connected to ${kind} ${url.host}` }),
      }),
    );
  } finally {
    await opened?.close();
    const { delivered, published, repeated } = figures;
    const { stored: rejected, notStored } = opened?.rejects.counts ?? { stored: 0, notStored: 0 };
    const dropped = figures.dropped + notStored;
    if (options.json === true) data(JSON.stringify({ ...figures, rejected, dropped }));
    talk({
      zh: `送往消息服务器 ${delivered} 条；发布 ${published} 条，此前已发布 ${repeated} 条，拒收 ${rejected} 条，丢弃 ${dropped} 条`,
      en: `${counted(delivered, 'event')} to the broker; ${published} published, ${repeated} published before, ${rejected} rejected, ${dropped} dropped`,
    });
  }
}

/** Opening cuts an incomplete last line: another bridge must not be writing it. */
async function openRejects({
  toHub,
  rejects: { file, maxBytes },
}: EventBridgeConfig): Promise<
  { readonly rejects: RejectsFile; readonly close: () => Promise<void> } | undefined
> {
  if (toHub.length === 0) return undefined;
  const unlock = lockForProcess(`${file}.lock`, (pid) => usedByBridge(pid, file));
  try {
    const rejects = await RejectsFile.open(file, maxBytes);
    return { rejects, close: () => rejects.close().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

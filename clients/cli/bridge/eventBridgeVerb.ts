/** `datong event bridge`: events from a subscription to a broker, and from a broker to a topic of this department. */
import type { Command } from 'commander';
import { withProfile } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { runEventBridge } from './eventBridge.ts';
import { readEventBridgeConfig } from './eventBridgeConfig.ts';
import { RejectsFile } from './rejectsFile.ts';
import { printRetry } from './printRetry.ts';

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
  const rejects = await RejectsFile.open(config.rejects.file, config.rejects.maxBytes);
  const figures = { delivered: 0, published: 0, repeated: 0, rejected: 0, dropped: 0 };
  const { kind, url } = config.broker;
  try {
    await withClient(options, (client) =>
      runEventBridge({
        ...{ config, client, rejects, figures, signal: stopping.signal, onRetry: printRetry() },
        onReady: () => talk({ zh: `已连接 ${kind} ${url.host}`, en: `connected to ${kind} ${url.host}` }),
      }),
    );
  } finally {
    await rejects.close();
    const { delivered, published, repeated, rejected, dropped } = figures;
    if (options.json === true) data(JSON.stringify(figures));
    talk({
      zh: `送往消息服务器 ${delivered} 条；发布 ${published} 条，此前已发布 ${repeated} 条，拒收 ${rejected} 条，丢弃 ${dropped} 条`,
      en: `${delivered} events to the broker; ${published} published, ${repeated} published before, ${rejected} rejected, ${dropped} dropped`,
    });
  }
}

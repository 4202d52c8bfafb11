/** `datong rows bridge mqtt`: messages of a broker to datasets of this department. */
import type { Command } from 'commander';
import { withProfile } from '../profile.ts';
import { data, say, talk } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { withClient, type ClientVerbOptions } from '../withClient.ts';
import { lockFolder } from './folderLock.ts';
import { MqttConnection, type MqttMessage } from './mqttConnection.ts';
import { RowsBridge, type RowsBridgeFigures } from './rowsBridge.ts';
import { readRowsBridgeConfig } from './rowsBridgeConfig.ts';
import { printRetry } from './printRetry.ts';
import { counted } from '../../../terms/counted.ts';

interface BridgeOptions extends ClientVerbOptions {
  readonly config: string;
  readonly report: number;
}

export function registerRowsBridge(rows: Command): void {
  const bridge = rows
    .command('bridge')
    .description('消息服务器到数据资源 / from a message broker to datasets');
  withProfile(bridge.command('mqtt'))
    .description(
      '接收 MQTT 消息并报送：回执后才确认，枢纽不在时存盘 / rows from MQTT: acknowledged after the receipt, buffered on disk while the hub is away',
    )
    .option('--config <file>', 'broker, buffer and subscriptions, YAML', 'bridge.yaml')
    .option('--report <seconds>', 'seconds between two lines with figures', wholeNumber(1, 86_400), 10)
    .option('--json', 'the figures as JSON on stdout')
    .addHelpText(
      'after',
      `
Example:
  $ datong rows bridge mqtt --as ecology --config bridge.yaml

bridge.yaml:
  broker:
    url: mqtts://broker.example:8883
    clientId: datong-ecology
    username: gateway
    passwordFile: mqtt-password
    ca: broker-ca.pem
  subscriptions:
    - topic: stations/+/air
      dataset: ecology.air-quality-live
      topicFields: { station: 2 }

Exit: 0 ended by Ctrl-C or SIGTERM, 1 refused by the hub or the broker, 4 the configuration or the buffer. Nothing is lost: what waits is sent
after the next start.`,
    )
    .action(run);
}

async function run(options: BridgeOptions): Promise<void> {
  const config = readRowsBridgeConfig(options.config);
  const unlock = lockFolder(config.buffer.folder);
  try {
    await withClient(options, async (client) => {
      const { ended, fail } = untilSignal();
      /** without a connection until the bridge is open */
      const broker: { connection?: MqttConnection } = {};
      const bridge = await RowsBridge.open({
        config,
        call: (input) => client.call(input),
        onFailure: fail,
        onRetry: printRetry(),
        acknowledge: (packet) => broker.connection?.acknowledge(packet),
      });
      // what an earlier run stored is being sent from here on
      try {
        const topics = config.subscriptions.map(({ topic }) => topic);
        const events = {
          onMessage: (message: MqttMessage) => bridge.take(message),
          onReady: () =>
            talk({ zh: `已连接 ${config.broker.url.host}`, en: `connected to ${config.broker.url.host}` }),
          onFailure: printRetry(),
          onRefused: fail,
        };
        broker.connection = await MqttConnection.open(config.broker, topics, events, bridge.stored);
        const report = setInterval(() => printFigures(bridge.figures, options), options.report * 1_000);
        await ended.finally(() => clearInterval(report));
      } finally {
        // the connection closes last: answers that arrive while the bridge closes are acknowledged
        try {
          await bridge.close();
        } finally {
          await broker.connection?.close();
        }
        printFigures(bridge.figures, options);
      }
    });
  } finally {
    unlock();
  }
}

/** `ended` resolves at the first SIGINT or SIGTERM, and rejects with the argument of `fail`. */
function untilSignal(): { readonly ended: Promise<void>; readonly fail: (error: unknown) => void } {
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<void>((done, failed) => {
    fail = failed;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  ended.catch(() => undefined); // it may fail before it is awaited
  return { ended, fail };
}

function printFigures(figures: RowsBridgeFigures, { json }: BridgeOptions): void {
  if (json === true) data(JSON.stringify(figures));
  const { messages, accepted, quarantined, rejected, dropped, bufferedBytes, bufferIsFull, lagMs } = figures;
  const seconds = (lagMs / 1_000).toFixed(1);
  const kilobytes = Math.ceil(bufferedBytes / 1_024);
  const zh = `收到 ${messages} 条；已保存 ${accepted} 行，问题数据 ${quarantined} 行，拒收 ${rejected} 条，丢弃 ${dropped} 条；缓冲 ${kilobytes} KiB，延迟 ${seconds} 秒`;
  const en = `${counted(messages, 'message')}; ${counted(accepted, 'row')} stored, ${quarantined} quarantined, ${rejected} rejected, ${dropped} dropped; buffer ${kilobytes} KiB, lag ${seconds} s`;
  const full = bufferIsFull
    ? say({ zh: '；缓冲已满，暂停接收', en: '; the buffer is full, nothing more is taken' })
    : '';
  talk(`${say({ zh, en })}${full}`);
}

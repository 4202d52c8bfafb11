/** `telemetry` of hub.json: the receiver of traces and metrics. */
import { authorityOf, invalid, textOf } from './configFiles.ts';
import type { TelemetryConfig } from './hubConfig.ts';

export type Telemetry = Omit<TelemetryConfig, 'ca' | 'token'> & { tokenFile?: string; caFile?: string };

const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/;

/** The token is in a separate file. @returns no member where no receiver is named @throws Problem configuration_invalid */
export function withReceiver(
  telemetry: Telemetry | undefined,
  base: string,
  file: string,
): { readonly telemetry?: TelemetryConfig } {
  if (telemetry === undefined) return {};
  const { tokenFile, caFile, ...place } = telemetry;
  if (!URL.canParse(place.endpoint))
    throw invalid(file, 'telemetry.endpoint', { zh: '不是有效的地址', en: 'it is not an address' });
  const isPlain = place.endpoint.startsWith('http:');
  if (caFile !== undefined && isPlain)
    throw invalid(file, 'telemetry.caFile', {
      zh: 'endpoint 为 http 时不起作用',
      en: 'it has no effect where endpoint is http',
    });
  if (tokenFile !== undefined && isPlain && !loopback.test(place.endpoint))
    throw invalid(file, 'telemetry.tokenFile', {
      zh: '令牌不得明文传输：请使用 https',
      en: 'a token is not sent in the clear: use https',
    });
  const token =
    tokenFile === undefined ? undefined : textOf(tokenFile, base, file, 'telemetry.tokenFile').trim();
  if (token === '') throw invalid(file, 'telemetry.tokenFile', { zh: '文件为空', en: 'the file is empty' });
  const secret = token === undefined ? {} : { token };
  const ca = caFile === undefined ? {} : { ca: authorityOf(caFile, base, file, 'telemetry.caFile') };
  return { telemetry: { ...place, ...secret, ...ca } };
}

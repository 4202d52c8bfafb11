/** One message to a webhook: to a place that the operator named for the department, signed twice, with no redirect and a small answer. */
import { randomBytes } from 'node:crypto';
import { signRequest, type SigningKey } from '../../../certs/signatures/index.ts';
import { deliveryReceiptHeader } from '../../../log/pack/deliveryReceipt.ts';
import { Problem } from '../../../terms/problem.ts';
import { retryAfterOf } from '../../flows/deliveries/retrySchedule.ts';
import { Unanswered } from '../../flows/live/unanswered.ts';
import type { ServiceCalls } from '../../flows/live/service/serviceCall.ts';
import { allowedService, type ServicePlace } from '../../flows/live/service/servicePlace.ts';
import type { Sealer } from '../../flows/rows/store/sealedParts.ts';
import type { WebhookRow } from './store/webhooks.ts';
import { secretBytes, standardHeaders, type WebhookMessage } from './webhookMessage.ts';

/** What came of a message. */
export interface Sent {
  /** null: taken */
  readonly trouble: string | null;
  /** HTTP status; null where there was no answer */
  readonly status: number | null;
  readonly body: Uint8Array;
  /** that the message was sent with */
  readonly signature: string;
  /** the consumer's receipt, not verified */
  readonly receipt: string | undefined;
  /** milliseconds that the endpoint asks to wait */
  readonly retryAfter: number;
}

/** How the hub reaches webhooks. */
export interface WebhookRoute {
  readonly places: readonly ServicePlace[];
  readonly calls: ServiceCalls;
  /** the hub's key */
  readonly signing: SigningKey;
  readonly sealer: Sealer;
  /** milliseconds for one message and its answer */
  readonly patienceMs: number;
}

const contextOf = (what: 'url' | 'secret', subscription: string): string =>
  `webhook ${what} of ${subscription}`;

export const sealUrl = (sealer: Sealer, subscription: string, url: string): Buffer =>
  Buffer.from(sealer.seal(Buffer.from(url, 'utf8'), contextOf('url', subscription)));
export const openUrl = (
  sealer: Sealer,
  { subscription, url }: Pick<WebhookRow, 'subscription' | 'url'>,
): string => Buffer.from(sealer.open(url, contextOf('url', subscription))).toString('utf8');
const openSecret = (sealer: Sealer, subscription: string, secret: Buffer): Uint8Array =>
  sealer.open(secret, contextOf('secret', subscription));

/** @returns a new secret, and the same sealed */
export function newSecret(
  sealer: Sealer,
  subscription: string,
): { readonly plain: Buffer; readonly sealed: Buffer } {
  const plain = randomBytes(secretBytes);
  return { plain, sealed: Buffer.from(sealer.seal(plain, contextOf('secret', subscription))) };
}

const nothing = new Uint8Array(0);

/**
 * Sends a message. The address of its host is resolved and checked each time.
 * @param exchange log entry of the message @param now Unix milliseconds
 */
export async function sendMessage(
  { places, calls, signing, sealer, patienceMs }: WebhookRoute,
  row: WebhookRow,
  department: string,
  message: WebhookMessage,
  { exchange, now }: { readonly exchange: string; readonly now: number },
): Promise<Sent> {
  const failed = (trouble: string): Sent => ({
    trouble,
    status: null,
    body: nothing,
    signature: '',
    receipt: undefined,
    retryAfter: 0,
  });
  const { subscription, secret, formerSecret, formerUntil } = row;
  try {
    const url = openUrl(sealer, row);
    const place = allowedService(places, department, url);
    const former = formerSecret !== null && formerUntil !== null && now < formerUntil ? [formerSecret] : [];
    const secrets = [secret, ...former].map((one) => openSecret(sealer, subscription, one));
    const seconds = Math.floor(now / 1000);
    const headers = signRequest({
      method: 'POST',
      targetUri: url,
      body: message.body,
      key: signing,
      created: seconds,
      headers: {
        'content-type': message.type,
        // names the entry of this attempt: its receipt can be fetched by it
        'datong-idempotency-key': `${exchange}.${randomBytes(6).toString('hex')}`,
        ...standardHeaders(message, secrets, seconds),
      },
      nonce: randomBytes(16).toString('base64url'),
    });
    const reply = await calls.send(place, { url, headers, body: message.body, patience: patienceMs });
    const { status, rawHeaders, body } = reply;
    const header = (wanted: string): string | undefined => {
      const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === wanted);
      return at === -1 ? undefined : rawHeaders[at + 1];
    };
    const retryAfter = header('retry-after');
    return {
      trouble: status >= 200 && status < 300 ? null : 'status',
      status,
      body,
      signature: headers['signature'] ?? '',
      receipt: header(deliveryReceiptHeader),
      retryAfter: retryAfter === undefined ? 0 : retryAfterOf(retryAfter, now),
    };
  } catch (error) {
    if (error instanceof Unanswered) return failed(error.reason);
    if (error instanceof Problem)
      return failed(error.code === 'live_service_not_allowed' ? 'place' : 'configuration');
    throw error;
  }
}

/**
 * Receipts of consumers for messages to webhooks. An endpoint may sign that it took a message over. The hub verifies and logs the receipt
 * before the message counts as delivered; a receipt that is not valid is an answer that does not take it.
 */
import { publicJwk } from '../../../certs/thumbprint.ts';
import { keyOfReceipt } from '../../../log/pack/deliveryReceipt.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { departmentCode } from '../../../terms/ids.ts';
import { append, type DispatchServices, type Work } from './dispatchWork.ts';
import type { Sent } from './webhookSender.ts';

interface ReceivedMessage {
  readonly type: string;
  /** log entry of the message */
  readonly exchange: string;
}

/**
 * @returns the entry of the receipt, null where the endpoint signed none; undefined where it is for another message, or not signed by a
 * key of the department that is in force
 */
export async function loggedReceipt(
  services: DispatchServices,
  { subscription }: Pick<Work, 'subscription'>,
  { receipt, signature }: Pick<Sent, 'receipt' | 'signature'>,
  { type, exchange }: ReceivedMessage,
): Promise<{ readonly entry: string | null } | undefined> {
  if (receipt === undefined) return { entry: null };
  const { id: name, topic, agreement, publisher } = subscription;
  const department = departmentCode(subscription.department);
  const keyOf = (keyid: string) => services.identity.keyInForce(keyid, department);
  const key = keyOfReceipt(receipt, keyOf, { entry: exchange, signature });
  if (key === undefined) return undefined;
  const now = services.database.now();
  const id = uuid7(now);
  await append(services, {
    exchange: id,
    now,
    kind: 'management',
    facts: {
      consumer: department,
      provider: publisher,
      dataset: type,
      agreement,
      change: {
        act: 'receive',
        delivery: exchange,
        subscription: name,
        topic,
        keyid: key.keyid,
        // so that the receipt is verified with the entry alone
        key: JSON.stringify(publicJwk(key.publicKey)),
        receipt,
      },
    },
  });
  return { entry: id };
}

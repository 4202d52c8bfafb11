/** A verb of the command line against a hub that answers the same whatever it is asked. */
import { mock } from 'node:test';
import type { StaffClient } from '../clients/cli/apply/staffCall.ts';

/**
 * @param answers bodies of what the verb reads, and of what its change comes back as
 * @returns what is written to stdout, and what is sent to the hub
 */
export async function ranOverStub(
  answers: { readonly read: object; readonly changed: object },
  verb: (client: StaffClient) => Promise<void>,
): Promise<{ readonly stdout: string; readonly sent: readonly object[] }> {
  const sent: object[] = [];
  const client = {
    get: () => Promise.resolve({ status: 200, body: answers.read }),
    post: (_path: string, body: object) => {
      sent.push(body);
      return Promise.resolve({ status: 200, body: answers.changed });
    },
    close: () => undefined,
  } as unknown as StaffClient;
  const stdout: string[] = [];
  const written = mock.method(
    process.stdout,
    'write',
    (text: string | Uint8Array) => stdout.push(String(text)) > 0,
  );
  try {
    await verb(client);
  } finally {
    written.mock.restore();
  }
  return { stdout: stdout.join(''), sent };
}

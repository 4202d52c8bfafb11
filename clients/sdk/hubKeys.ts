import type { JsonWebKey } from 'node:crypto';
import { verificationKey, type VerificationKey } from '../../certs/signatures/index.ts';

/** The hub's public signing keys, as far as they were needed. */
export class HubKeys {
  private readonly known = new Map<string, VerificationKey>();
  private readonly published: () => Promise<unknown>;

  /** @param published fetches the key set of the hub */
  constructor(keys: readonly JsonWebKey[], published: () => Promise<unknown>) {
    this.keep(keys);
    this.published = published;
  }

  get(keyid: string): VerificationKey | undefined {
    return this.known.get(keyid);
  }

  /** Fetches the keys for a reply that an unknown key signed. @throws the errors of fetching them */
  async fetch(): Promise<void> {
    const { keys } = (await this.published()) as { keys?: readonly JsonWebKey[] };
    this.keep(keys ?? []);
  }

  private keep(keys: readonly JsonWebKey[]): void {
    for (const jwk of keys) {
      const key = verificationKey(jwk);
      this.known.set(key.keyid, key);
    }
  }
}

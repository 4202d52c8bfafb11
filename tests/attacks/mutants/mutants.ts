/** The eight faults of a verifier that a test must notice: what each does to the source, switched on while the hub runs. */

export type MutantNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface Edit {
  readonly file: string;
  /** must occur exactly once in the file; otherwise the build fails */
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** Global variable with the number of the active mutant; undefined: none. */
export const switchName = 'datongMutant';
const on = (number: MutantNumber): string =>
  `(globalThis as Record<string, unknown>).${switchName} === ${number}`;

const authenticate = 'hub/identity/authentication/authenticate.ts';

export const mutants: Readonly<Record<MutantNumber, Mutant>> = {
  1: {
    name: 'drops the check of the digest',
    edits: [
      {
        file: 'hub/pipeline/pipeline.ts',
        from: '      checkDigest(caller, bytes);',
        to: `      if (!(${on(1)})) checkDigest(caller, bytes);`,
      },
    ],
  },
  2: {
    name: 'accepts a nonce twice',
    edits: [
      {
        // neither memory nor the log ever learns the nonce that was sent
        file: 'certs/signatures/verifyRequest.ts',
        from: '    nonce: signature.nonce,',
        to: `    nonce: ${on(2)} ? Math.random().toString(36).slice(2).padEnd(22, 'A').slice(0, 22) : signature.nonce,`,
      },
    ],
  },
  3: {
    name: 'accepts a datong-* header that no signature covers',
    edits: [
      {
        file: 'certs/signatures/coverage.ts',
        from: '    if (!shape.headers.has(name)) throw uncovered(name);',
        to: `    if (!(${on(3)}) && !shape.headers.has(name)) throw uncovered(name);`,
      },
    ],
  },
  4: {
    name: 'accepts a signature in DER',
    edits: [
      {
        file: 'certs/signatures/readSignature.ts',
        from: '    if (signature.length !== signatureLength) {',
        to: `    if (!(${on(4)}) && signature.length !== signatureLength) {`,
      },
      {
        file: 'certs/signatures/key.ts',
        from: '  if (signature.length !== signatureLength) return Promise.resolve(false);',
        to: `  if (!(${on(4)}) && signature.length !== signatureLength) return Promise.resolve(false);`,
      },
      {
        file: 'certs/signatures/key.ts',
        from: 'inRawForm(key.publicKey), signature, (error, good)',
        to: 'signature.length === signatureLength ? inRawForm(key.publicKey) : key.publicKey, signature, (error, good)',
      },
    ],
  },
  5: {
    name: 'does not check at each request whether the certificate is revoked',
    edits: [
      {
        file: authenticate,
        from: "  if (certificate.revoked !== undefined) throw refuse('certificate_revoked');",
        to: `  if (!(${on(5)}) && certificate.revoked !== undefined) throw refuse('certificate_revoked');`,
      },
    ],
  },
  6: {
    name: 'uses constant keys for session tickets',
    edits: [
      {
        file: 'hub/identity/tls/tlsMaterial.ts',
        from: '      const own = { ...context, key, cert: certificate.chain };',
        to: `      const fixed = ${on(6)} ? { secureOptions: 0, ticketKeys: Buffer.alloc(48, 7) } : {};
      const own = { ...context, ...fixed, key, cert: certificate.chain };`,
      },
    ],
  },
  7: {
    name: 'records the nonce before it verifies the signature',
    edits: [
      {
        file: authenticate,
        from: '  await checkSignatureInPool(signature, head, key);',
        to: `  if (${on(7)}) {
    const seen = ((globalThis as Record<string, unknown>)['datongNonces'] ??= new Set()) as Set<string>;
    if (seen.has(signature.nonce)) throw new Problem('nonce_replayed');
    seen.add(signature.nonce);
  }
  await checkSignatureInPool(signature, head, key);`,
      },
    ],
  },
  8: {
    name: 'does not compare the departments of key and certificate',
    edits: [
      {
        file: authenticate,
        from: '  if (keys.get(keyid)?.department !== department) {',
        to: `  if (!(${on(8)}) && keys.get(keyid)?.department !== department) {`,
      },
    ],
  },
};

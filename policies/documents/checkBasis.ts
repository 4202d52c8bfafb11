import { pointer, type PolicyFinding } from '../finding.ts';
import type { Agreement } from './agreement.ts';

/**
 * What a legal basis asks of the grants under it. Consent as basis means that every grant asks for it. A statute may ask for consent on
 * top of the duty, and then names the clause that does (PIPL art. 13, 29); no other basis knows consent. In an emergency the declaring
 * document is named, and nobody takes a whole table home: rows are narrowed, or looked up one by one.
 */
export function checkBasis({ basis, grants }: Agreement, file: string): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  const report = (code: string, path: string, zh: string, en: string): void => {
    findings.push({ code, level: 'error', document: file, path, message: { zh, en } });
  };
  for (const [i, { consent, rows, requires }] of grants.entries()) {
    const path = pointer('grants', i);
    if (basis.type === 'consent' && consent === undefined) {
      report(
        'basis_without_consent',
        path,
        '依据是个人同意，授予却没有写明 consent',
        'the basis is consent, and the grant asks for none',
      );
    }
    if (consent !== undefined && basis.type !== 'consent' && basis.type !== 'statutory') {
      report(
        'consent_without_basis',
        `${path}/consent`,
        '依据不是个人同意，也不是法定职责',
        'the basis is neither consent nor a statute that asks for it',
      );
    }
    if (consent !== undefined && basis.type === 'statutory' && basis.clause === undefined) {
      report(
        'consent_without_clause',
        `${path}/consent`,
        '法定职责之外还要求个人同意的，应写明要求同意的条款（basis.clause）',
        'a statute that asks for consent too is cited with its clause (basis.clause)',
      );
    }
    if (basis.type === 'emergency' && rows === undefined && requires?.includes('lookup') !== true) {
      report(
        'emergency_unbounded',
        path,
        '应急授权应以 rows 限定行，或要求精确查询（requires: [lookup]）',
        'an emergency narrows its rows, or looks subjects up one by one (requires: [lookup])',
      );
    }
  }
  return findings;
}

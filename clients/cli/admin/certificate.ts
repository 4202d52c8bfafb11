/** `datong hub revoke SERIAL`: from the next call on, and on open connections too. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { callStaff } from './callStaff.ts';

interface RevokeOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function registerCertificate(admin: Command): void {
  withStaffToken(
    admin
      .command('revoke')
      .argument('<serial>', 'serial of a department certificate, hex')
      .description(
        '吊销证书，连同其更新前后的证书 / revoke a certificate, with the others of its line of renewals',
      ),
  )
    .option(
      '--reason <reason>',
      'key-compromise (ends the signing key too), superseded (this certificate alone), cessation, privilege-withdrawn, unspecified',
      'key-compromise',
    )
    .option('--json', 'answer {serial, department} as JSON')
    .action(revoke);
}

async function revoke(serial: string, options: RevokeOptions): Promise<void> {
  const path = `/v1/certificates/${encodeURIComponent(serial.toLowerCase())}/revocation`;
  const revoked = (await callStaff(options, path, { reason: options.reason })) as { department: string };
  if (options.json === true) data(JSON.stringify(revoked));
  talk({
    zh: `部门 ${revoked.department} 的证书 ${serial} 已吊销，立即生效`,
    en: `certificate ${serial} of ${revoked.department} is revoked, at once`,
  });
}

import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { PaperSlip } from '../parts/PaperSlip.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** A code for a department's new machine: shown once, to copy as a command or to print. */
export function EnrolmentCode({ of }: { readonly of: Schemas['EnrolmentCode'] }): ReactNode {
  const { say, when } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const line = `npx datong enrol ${of.code} --hub https://HUB:8444 --pin sha256:…`;
  return (
    <section className="card" role="status" aria-label={say('issuedCode')}>
      <div className="no-print">
        <h2>
          {say('issuedCode')}
          {say('pointColon')}
          {name(of.department)}
        </h2>
        <CommandLine label={say('enrolLine')} line={line} />
      </div>
      <PaperSlip
        title={say('esTitle')}
        rows={[
          [
            say('department'),
            `${name(of.department)}${say('pointOpen')}${of.department}${say('pointClose')}`,
          ],
          [say('esCode'), <code key="code">{of.code}</code>],
          [say('validUntil'), when(of.expires)],
          [say('dpIssuer'), session.name],
          [say('enrolLine'), <code key="line">{line}</code>],
          [say('esHub'), ''],
          [say('esPin'), ''],
        ]}
        signed={[say('esHandedOver'), say('esReceived')]}
        note={say('esNote')}
      />
    </section>
  );
}

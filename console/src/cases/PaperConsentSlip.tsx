import type { ReactNode } from 'react';
import { PaperSlip } from '../parts/PaperSlip.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** The entered values of a consent on paper, without its subject. */
export interface EnteredConsent {
  readonly id: string;
  readonly form: string;
  readonly scan: string;
  readonly takenOn: string;
  readonly collectedBy: string;
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly expires: string;
  readonly retention: string;
  readonly notice: string;
}

/** The sheet that is filed with the signed form: the entered values, for the person who checks it. */
export function PaperConsentSlip({
  of,
  proposal,
}: {
  readonly of: EnteredConsent;
  readonly proposal: string;
}): ReactNode {
  const { say, day } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const purposes = usePurposes();
  return (
    <PaperSlip
      title={say('psTitle')}
      rows={[
        [say('pcForm'), of.form],
        [say('pcTakenOn'), day(of.takenOn)],
        [say('pcId'), of.id],
        [say('pcCollectedBy'), name(of.collectedBy)],
        [say('pcRecipient'), name(of.recipient)],
        [say('dataset'), of.dataset],
        [say('samplePurpose'), purposes.name(of.purpose)],
        [say('fields'), of.fields.join(say('pointList'))],
        [say('validUntil'), day(of.expires)],
        [say('pcRetention'), of.retention || '—'],
        [say('pcScan'), <code key="scan">{of.scan}</code>],
        [say('pcNotice'), <code key="notice">{of.notice}</code>],
        [say('psProposal'), <code key="proposal">{proposal}</code>],
        [say('psEnteredBy'), session.name],
      ]}
      signed={[say('psEntered'), say('psChecked')]}
      note={say('psNote')}
    />
  );
}

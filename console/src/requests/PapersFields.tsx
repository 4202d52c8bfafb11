import { useState, type ReactNode } from 'react';
import { TextField } from '../parts/TextField.tsx';
import { UnreadableFile } from '../parts/UnreadableFile.tsx';
import { useWords } from '../words/words.ts';
import { digestOfFile } from './wanted.ts';

export interface Papers {
  readonly reason: string;
  readonly volume: string;
  readonly commitment: string;
  readonly basisText?: string;
}

/** Papers of a request. The undertaking stays on this machine: only its digest is sent. */
export function PapersFields(props: {
  readonly value: Papers;
  readonly set: (change: Partial<Papers>) => void;
}): ReactNode {
  const { value, set } = props;
  const { say } = useWords();
  return (
    <>
      <TextField label={say('rqReason')} rows={3} value={value.reason} set={(reason) => set({ reason })} />
      <TextField
        label={say('rqVolume')}
        required={false}
        value={value.volume}
        set={(volume) => set({ volume })}
      />
      <DigestField
        required
        label={say('rqCommitment')}
        value={value.commitment}
        set={(commitment) => set({ commitment })}
      />
      <DigestField
        label={say('rqBasisText')}
        value={value.basisText ?? ''}
        set={(basisText) => set({ basisText })}
      />
    </>
  );
}

/** A file of which the digest is taken. */
export function DigestField(props: {
  readonly label: string;
  readonly value: string;
  readonly required?: boolean;
  readonly set: (digest: string) => void;
}): ReactNode {
  const { label, value, required = false, set } = props;
  const [name, setName] = useState('');
  const [failed, setFailed] = useState(false);
  return (
    <label className="choice wide">
      <span>{label}</span>
      <input
        type="file"
        required={required && value === ''}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file === undefined) return;
          digestOfFile(file).then(
            (digest) => {
              setName(file.name);
              set(digest);
              setFailed(false);
            },
            () => {
              set('');
              setFailed(true);
            },
          );
        }}
      />
      <UnreadableFile shown={failed} />
      {value === '' ? null : (
        <code>
          {name} {value}
        </code>
      )}
    </label>
  );
}

/** As the hub accepts them: empty fields are left out. */
export const papersOf = ({
  reason,
  volume,
  commitment,
  basisText = '',
}: Papers): { reason: string; commitment: string; basisText?: string; volume?: string } => ({
  reason,
  commitment,
  ...(basisText === '' ? {} : { basisText }),
  ...(volume.trim() === '' ? {} : { volume }),
});

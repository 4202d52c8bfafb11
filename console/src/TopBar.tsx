import { Button } from 'antd';
import type { ReactNode } from 'react';
import { post, type Schemas } from './api/call.ts';
import { Finder } from './Finder.tsx';
import { useDepartments } from './parts/useDepartments.ts';
import { forgetDrafts } from './parts/useDraft.ts';
import { signedMark, useSession } from './session.ts';
import { useShade } from './theme.ts';
import { useWords } from './words/words.ts';
import { LanguageButton } from './parts/LanguageButton.tsx';

/** The person's place of work: for a role granted by the data office, the department of that role. */
const placeOf = ({ department, roles }: Schemas['Session']): string | undefined =>
  department ?? roles.find((one) => one.department !== undefined)?.department;

/** Who is signed in, theme, language, and the end of the session. @param props.children state of the page */
export function TopBar({ children }: { readonly children: ReactNode }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { shade, choose: chooseShade } = useShade();
  const { name } = useDepartments();
  const signOut = (): void => {
    const leave = (): void => {
      window.localStorage.removeItem(signedMark);
      forgetDrafts();
      window.location.assign('/');
    };
    void post('/v1/sessions/{session}/end', {}, { at: { session: session.id } }).then(leave, leave);
  };
  return (
    <header className="top">
      <strong>{say('product')}</strong>
      <span className="grow" role="status">
        {children}
      </span>
      <Finder />
      <span className="who">{say('signedInAs', { name: session.name, place: name(placeOf(session)) })}</span>
      <Button size="small" onClick={() => chooseShade(shade === 'dark' ? 'light' : 'dark')}>
        {say(shade === 'dark' ? 'themeLight' : 'themeDark')}
      </Button>
      <LanguageButton />
      <Button size="small" onClick={signOut}>
        {say('signOut')}
      </Button>
    </header>
  );
}

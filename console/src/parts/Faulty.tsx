import { Alert, Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { TwoSteps } from './TwoSteps.tsx';
import { forgetDrafts } from './useDraft.ts';

interface Props {
  readonly children: ReactNode;
  /** rendered after the message where the page failed */
  readonly after: ReactNode;
}

/** Shows an internal error of a page in its place: the menu stays, and input that causes it can be discarded. */
export class Faulty extends Component<Props, { readonly fault?: unknown; readonly failed: boolean }> {
  override state = { failed: false, fault: undefined };

  static getDerivedStateFromError(fault: unknown): { readonly fault: unknown; readonly failed: true } {
    return { fault, failed: true };
  }

  override render(): ReactNode {
    const { failed, fault } = this.state;
    const { children, after } = this.props;
    if (!failed) return children;
    return (
      <>
        <Fault fault={fault} />
        {after}
      </>
    );
  }
}

function Fault({ fault }: { readonly fault: unknown }): ReactNode {
  const { say } = useWords();
  const reload = (): void => window.location.reload();
  const discard = (): void => {
    forgetDrafts();
    reload();
  };
  return (
    <section className="form">
      <h1>{say('pageFault')}</h1>
      <Alert
        role="alert"
        type="error"
        showIcon
        title={say('pageFaultNext')}
        description={<code className="raw">{String(fault)}</code>}
      />
      <div className="row-form">
        <Button type="primary" onClick={reload}>
          {say('pageReload')}
        </Button>
        <TwoSteps danger label={say('draftsDiscard')} sure={say('draftsDiscardSure')} act={discard} />
      </div>
    </section>
  );
}

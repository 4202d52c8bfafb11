import { Button } from 'antd';
import type { ReactNode } from 'react';
import { getFile } from '../api/call.ts';
import { saveFile } from '../parts/saveFile.ts';
import { useWords } from '../words/words.ts';

/** An empty workbook to fill in. */
export function TemplateButton(props: {
  readonly dataset: string;
  readonly mapping: string;
  readonly refused: (error: unknown) => void;
}): ReactNode {
  const { dataset, mapping, refused } = props;
  const { say } = useWords();
  const download = (): void => {
    refused(undefined);
    getFile('/v1/datasets/{dataset}/template', { at: { dataset }, query: { mapping } }).then(
      (content) => saveFile(content, `${dataset}.xlsx`),
      refused,
    );
  };
  return (
    <Button title={say('sendTemplateCsv')} onClick={download}>
      {say('sendTemplate')}
    </Button>
  );
}

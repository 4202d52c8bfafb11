import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Changes to the other language; its text is in that language. */
export function LanguageButton(): ReactNode {
  const { say, language, choose } = useWords();
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <Button size="small" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => choose(other)}>
      {say('language')}
    </Button>
  );
}

import { useSyncExternalStore, type ReactNode } from 'react';
import { useWords } from '../words/words.ts';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** States that this machine has no network: an empty list is then no answer of the hub. */
export function OfflineNote(): ReactNode {
  const { say } = useWords();
  const isOnline = useSyncExternalStore(subscribe, () => window.navigator.onLine);
  if (isOnline) return null;
  return (
    <p role="alert" className="offline-note">
      {say('offline')}
    </p>
  );
}

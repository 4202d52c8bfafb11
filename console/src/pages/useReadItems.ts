import { useState } from 'react';
import { useSession } from '../session.ts';
import { dueOf, type Item } from './lanes.ts';
import { withMarks } from './readMarks.ts';

/** What is marked: an item whose reason or day changes is unread again. */
const markOf = ({ key, why, of }: Item): string => `${why} ${key} ${dueOf(of).due ?? ''}`;

/**
 * Items of information that the person marked as read, in this browser. It decides nothing at the hub, which goes on returning them.
 * @param listed those of the page @returns `markRead` returns an act that makes the same items unread again
 */
export function useReadItems(listed: readonly Item[]): {
  readonly isRead: (item: Item) => boolean;
  readonly markRead: (items: readonly Item[]) => () => void;
} {
  const { session } = useSession();
  const place = `datong-read ${session.person}`;
  const [marks, setMarks] = useState(() => marksIn(place));
  const known = new Set(marks);
  const store = (change: (before: readonly string[]) => readonly string[]): void => {
    const after = change(marksIn(place));
    window.localStorage.setItem(place, JSON.stringify(after));
    setMarks(after);
  };
  return {
    isRead: (item) => known.has(markOf(item)),
    markRead: (items) => {
      const added = items.map(markOf);
      store((before) => withMarks(before, added, listed.map(markOf)));
      return () => store((before) => before.filter((one) => !added.includes(one)));
    },
  };
}

function marksIn(place: string): readonly string[] {
  try {
    const read: unknown = JSON.parse(window.localStorage.getItem(place) ?? '[]');
    return Array.isArray(read) ? read.map(String) : [];
  } catch {
    return [];
  }
}

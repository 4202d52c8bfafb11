/** A name as a part of a path. The hub's names need no escape, and it knows no path that has one; whatever else is typed is none of them. */
export const pathSegment = (name: string): string => encodeURIComponent(name).replaceAll('%3A', ':');

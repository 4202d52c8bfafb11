/**
 * Scopes of pseudonyms: the datasets or fields in which a value has the same pseudonym for one consumer. A scope is a text, because it is
 * part of the key.
 * `provider:hrss` covers the datasets of one provider, `linkage:guardians#1:…` the named fields of several providers.
 */
import type { Linkage } from '../../documents/agreement.ts';

const [ofProvider, ofLinkage] = ['provider:', 'linkage:'] as const;

export const providerScope = (provider: string): string => ofProvider + provider;

/** `guardians#1` */
export const linkageName = ({ id, epoch }: Linkage): string => `${id}#${epoch}`;

/** `guardians#1:` and its members; the same for any order of them. */
export function linkageText(linkage: Linkage): string {
  const members = linkage.members.map(({ dataset, field }) => `${dataset}/${field}`).sort();
  return `${linkageName(linkage)}:${members.join(',')}`;
}

export const linkageScope = (linkage: Linkage): string => ofLinkage + linkageText(linkage);

export const isLinkageScope = (scope: string | undefined): boolean => scope?.startsWith(ofLinkage) === true;

/** Whether `own` is the scope of a provider with a field in the linkage `linked`. */
export function isMemberOf(own: string | undefined, linked: string): boolean {
  if (own?.startsWith(ofProvider) !== true || !linked.startsWith(ofLinkage)) return false;
  const members = linked.slice(linked.indexOf(':', ofLinkage.length) + 1).split(',');
  return members.some((member) => member.startsWith(`${own.slice(ofProvider.length)}.`));
}

/** `per hrss`, `linked guardians#1`: a scope for people. */
export const scopeText = (scope: string): string =>
  scope.startsWith(ofLinkage)
    ? `linked ${scope.slice(ofLinkage.length, scope.indexOf(':', ofLinkage.length))}`
    : `per ${scope.slice(ofProvider.length)}`;

/** How an example of /docs is typed on a hub of the test's own. */
export interface Play {
  /** whose agent; the consumer's by default */
  readonly by?: 'publicSecurity' | 'ecology';
  /** what is shown → what is meant here */
  readonly say?: Readonly<Record<string, string>>;
  /** in the place of the path that is shown, where it names something of another hub */
  readonly path?: string;
  /** in the place of the body that is shown: what a signature binds to another hub, or to a file */
  readonly body?: object;
  /** members that only this state gives, or only the recorded one: the contract holds both */
  readonly otherwise?: readonly string[];
  /** the bytes of `part.bin` */
  readonly part?: Uint8Array;
}

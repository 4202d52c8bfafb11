/**
 * The shape of a record: its tags without the values between them. Records of one file mostly have one shape, or few, and a record
 * whose shape is known can be recognised at once, and taken apart only when it is asked for.
 */

export interface ShapeAttribute {
  /** as it stands in the document */
  readonly tag: string;
  readonly quote: string;
  /** what records call it; '' for a declaration of a namespace */
  readonly name: string;
  /** the value that it must have: declarations decide about names */
  readonly fixed: string | undefined;
  readonly optional: boolean;
}

export interface Shape {
  readonly tag: string;
  readonly name: string;
  readonly attributes: readonly ShapeAttribute[];
  /** elements inside; next to each other there is but one of a name */
  readonly children: readonly Shape[];
  /** whether it was seen as `<a>text</a>`, as `<a><![CDATA[text]]></a>`, and as `<a/>` */
  readonly text: boolean;
  readonly cdata: boolean;
  readonly closed: boolean;
  readonly optional: boolean;
  /** may stand several times in a row */
  readonly repeated: boolean;
}

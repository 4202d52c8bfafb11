/**
 * The shape of a record: its tags without the values between them. Records of one file mostly have one shape, or few. A record of a known
 * shape can be recognised at once, and its parts extracted only on request.
 */

export interface ShapeAttribute {
  /** as written in the document */
  readonly tag: string;
  readonly quote: string;
  /** its name in records; '' for a namespace declaration */
  readonly name: string;
  /** the value that it must have: declarations determine names */
  readonly fixed: string | undefined;
  readonly optional: boolean;
}

export interface Shape {
  readonly tag: string;
  readonly name: string;
  readonly attributes: readonly ShapeAttribute[];
  /** elements inside; adjacent ones have different names */
  readonly children: readonly Shape[];
  /** whether it occurred as `<a>text</a>`, as `<a><![CDATA[text]]></a>`, and as `<a/>` */
  readonly text: boolean;
  readonly cdata: boolean;
  readonly closed: boolean;
  readonly optional: boolean;
  /** may occur several times in succession */
  readonly repeated: boolean;
}

/** What scaling may ask for, as data. */

export interface CopyMetadata {
  readonly kind: 'CopyMetadata';
  readonly from: string;
  readonly to: string;
  /** Topics that `to` has already. */
  readonly exceptTopics: readonly string[];
  /** Whether `to` may be opened once it has them. */
  readonly thenOpen: boolean;
}

export interface MarkDrained {
  readonly kind: 'MarkDrained';
  readonly group: string;
  readonly claims: readonly { readonly name: string; readonly uid: string }[];
}

export interface StopGroup {
  readonly kind: 'StopGroup';
  readonly group: string;
}

export interface RemoveGroup {
  readonly kind: 'RemoveGroup';
  readonly group: string;
}

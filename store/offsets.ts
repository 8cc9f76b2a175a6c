/** The two kinds of place that RocketMQ calls "offset". The compiler must not mix them up. */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** A byte position in the commit log. */
export type LogOffset = Unit<'log offset'>;
/** A message's place in its queue, counted from 0. */
export type QueueOffset = Unit<'queue offset'>;

export const logOffset = (bytes: number): LogOffset => bytes as LogOffset;
export const queueOffset = (index: number): QueueOffset => index as QueueOffset;

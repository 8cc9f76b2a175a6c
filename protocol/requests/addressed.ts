/** Fields that many requests carry in common; composed with a spread, not inherited. */
import { flag, optional, text } from '../fields.ts';
import { header } from '../header.ts';

/** Requests for a broker: which one is meant, and the namespace of the names. */
export const addressed = {
  bname: optional(text),
  ns: optional(text),
  nsd: optional(flag),
  oway: optional(flag),
};

/** Requests about a topic; `lo` false: the queue id is a physical one, not of a static topic. */
export const topicAddressed = { ...addressed, lo: optional(flag) };

/** A header of which nothing is asked. */
export const nothing = header({});

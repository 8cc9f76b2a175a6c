/** What operators ask a broker about users and access rules. */
import { optional, text } from '../fields.ts';
import { header } from '../header.ts';
import { nothing } from './addressed.ts';
import type { RequestTable } from './row.ts';

const servedBy = ['broker', 'fast'] as const;
const user = header({ username: text });
const subject = header({ subject: text });

export const accessRequests = {
  AUTH_CREATE_USER: {
    code: 3001,
    doc: 'Creates a user.',
    servedBy,
    actions: ['update'],
    request: user,
    response: nothing,
  },
  AUTH_UPDATE_USER: {
    code: 3002,
    doc: 'Changes the password, type or status of a user.',
    servedBy,
    actions: ['update'],
    request: user,
    response: nothing,
  },
  AUTH_DELETE_USER: {
    code: 3003,
    doc: 'Deletes a user with its access rules; fine when it is missing.',
    servedBy,
    actions: ['update'],
    request: user,
    response: nothing,
  },
  AUTH_GET_USER: {
    code: 3004,
    doc: 'A user with its password, which proxies need; no body when it is missing.',
    servedBy,
    actions: ['get'],
    request: user,
    response: nothing,
  },
  AUTH_LIST_USER: {
    code: 3005,
    doc: 'The users whose name contains a text.',
    servedBy,
    actions: ['get'],
    request: header({ filter: optional(text) }),
    response: nothing,
  },
  AUTH_CREATE_ACL: {
    code: 3006,
    doc: 'Adds access rules of a user.',
    servedBy,
    actions: ['update'],
    request: subject,
    response: nothing,
  },
  AUTH_UPDATE_ACL: {
    code: 3007,
    doc: 'Adds or changes access rules of a user.',
    servedBy,
    actions: ['update'],
    request: subject,
    response: nothing,
  },
  AUTH_DELETE_ACL: {
    code: 3008,
    doc: 'Deletes the access rules of a user, or those for one resource.',
    servedBy,
    actions: ['update'],
    request: header({ subject: text, policyType: optional(text), resource: optional(text) }),
    response: nothing,
  },
  AUTH_GET_ACL: {
    code: 3009,
    doc: 'The access rules of a user; no body when there are none.',
    servedBy,
    actions: ['get'],
    request: subject,
    response: nothing,
  },
  AUTH_LIST_ACL: {
    code: 3010,
    doc: 'The access rules by user and resource.',
    servedBy,
    actions: ['get'],
    request: header({ subjectFilter: optional(text), resourceFilter: optional(text) }),
    response: nothing,
  },
} as const satisfies RequestTable;

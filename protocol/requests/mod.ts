export { brokerRequests } from './broker.ts';
export { clientRequests } from './client.ts';
export { controllerRequests } from './controller.ts';
export { nameServerRequests } from './nameserver.ts';
export { containerRequests } from './operations.ts';
export {
  type Action,
  namesByCode,
  type RequestHeader,
  type RequestName,
  type RequestRow,
  type RequestTable,
  type ResponseHeader,
  type Server,
} from './row.ts';

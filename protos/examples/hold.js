// Hold one order: node hold.js HOST:PORT
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const { randomUUID } = require('crypto');
const from = { includeDirs: [`${__dirname}/..`], keepCase: true, longs: String, enums: String, defaults: true };
const { heard } = grpc.loadPackageDefinition(loader.loadSync('heard/v1/service.proto', from));
const till = new heard.v1.PosService(process.argv[2], grpc.credentials.createInsecure());
const who = new grpc.Metadata();
who.set('heard-device', 'till-2');

const onion = { modifier_id: 'no-onion', kind: 'MODIFIER_KIND_REMOVE', name: { by_language: { en: 'onion' } } };
const line = { line_id: '1', item_id: 'kofta', category: 'grills', quantity_milli: 2000, modifiers: [onion] };
line.name = { by_language: { en: 'Kofta' } };
const order = { order_id: randomUUID(), type: 'ORDER_TYPE_TAKEAWAY', terminal: 'T2', lines: [line] };

till.Hold({ order }, who, { deadline: Date.now() + 5000 }, (error, reply) => {
  if (!error) return console.log(`held as #${reply.answer.call_number}, order ${order.order_id}`);
  process.exitCode = 1;
  console.error(`not held: ${error.details}`);
});

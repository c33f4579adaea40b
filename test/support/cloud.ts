export { useSecretsCloud as useCloud } from './secrets.ts'

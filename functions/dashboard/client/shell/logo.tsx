/** The tenant's own logo, or ours. */
export function Logo({ url, name }: { url?: string | null; name?: string }) {
  if (url) return <img src={url} alt={name ?? ''} className="h-7 max-w-40 object-contain object-left" />
  return (
    <span className="flex items-center gap-2 font-semibold text-ink tracking-tight">
      <svg viewBox="0 0 32 32" className="size-6" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--accent)" />
        <path
          d="M5 17h6l3-8 5 15 3-7h5"
          fill="none"
          stroke="var(--accent-ink)"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Pulsepoint
    </span>
  )
}

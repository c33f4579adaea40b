import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button } from './button.tsx'
import { cn } from './class-names.ts'

type Props = { title: string; onClose: () => void; side?: boolean; children: ReactNode }

/** A window over the page, open as long as it is rendered; the browser keeps the focus in it and closes it by Escape. */
export function Dialog({ title, onClose, side = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className={cn(
        'border border-line bg-surface p-0 text-ink shadow-2xl',
        side
          ? 'mr-0 ml-auto h-dvh max-h-dvh w-full max-w-lg rounded-none border-y-0 border-r-0'
          : 'w-[min(32rem,calc(100vw-2rem))] rounded-2xl',
      )}
    >
      <header className="flex items-center justify-between gap-4 border-line border-b px-5 py-3">
        <h2 id={id} className="font-semibold text-base">
          {title}
        </h2>
        <Button look="quiet" size="icon" aria-label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </header>
      <div className="p-5">{children}</div>
    </dialog>
  )
}

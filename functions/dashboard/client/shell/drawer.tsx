import { type ReactNode, useEffect, useRef } from 'react'

type Props = { label: string; onClose: () => void; children: ReactNode }

/** Slides over the page from its start; Escape and a press beside it close it. */
export function Drawer({ label, onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    const beside = (event: MouseEvent): void => {
      if (event.target === dialog) onClose()
    }
    dialog?.addEventListener('click', beside)
    return () => {
      dialog?.removeEventListener('click', beside)
      dialog?.close()
    }
  }, [onClose])
  return (
    <dialog
      ref={ref}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      className="mr-auto ml-0 h-dvh max-h-dvh w-72 max-w-[85vw] border-line border-r bg-surface p-0 text-ink shadow-2xl"
    >
      <div className="flex min-h-full flex-col gap-6 px-3 py-4">{children}</div>
    </dialog>
  )
}
